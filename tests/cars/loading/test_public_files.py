"""Files as they are published, by their own columns: what they need to be loaded, and what for.

A few rows of each: https://www.kaggle.com/datasets for most, https://data.wa.gov and ggplot2's mpg.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

import pytest

from cars.models import Car
from tests.cars.loading.loads import failing, load

pytestmark = pytest.mark.django_db

CRAIGSLIST = (
    "id,url,region,region_url,price,year,manufacturer,model,condition,cylinders,fuel,odometer,"
    "title_status,transmission,VIN,drive,size,type,paint_color,image_url,description,county,state,"
    "lat,long,posting_date\n"
)
ELECTRIC = (
    "VIN (1-10),County,City,State,Postal Code,Model Year,Make,Model,Electric Vehicle Type,"
    "Clean Alternative Fuel Vehicle (CAFV) Eligibility,Electric Range,Base MSRP,"
    "Legislative District,DOL Vehicle ID,Vehicle Location,Electric Utility,2020 Census Tract\n"
)


@dataclass(frozen=True)
class Published:
    """A file's beginning, the options to load it, and its cars: make, model, year ... mileage."""

    content: str
    options: str
    cars: list[tuple[object, ...]]
    proposed: str = ""  # where that is not all of the options


FILES = {
    "car_prices.csv": Published(
        "year,make,model,trim,body,transmission,vin,state,condition,odometer,color,interior,seller,"
        "mmr,sellingprice,saledate\n"
        "2015,Kia,Sorento,LX,SUV,automatic,5xyktca69fg566472,ca,5,16639,white,black,,20500,21500,\n"
        "2015,Kia,Sorento,LX,SUV,automatic,5xyktca69fg561319,ca,5,9393,\u2014,beige,,20800,21500,\n",
        "--map odometer=mileage",
        [
            ("Kia", "Sorento", 2015, "5XYKTCA69FG566472", "white", 16639),
            ("Kia", "Sorento", 2015, "5XYKTCA69FG561319", None, 9393),
        ],
    ),
    "USA_cars_datasets.csv": Published(
        ",price,brand,model,year,title_status,mileage,color,vin,lot,state,country,condition\n"
        "0,6300,toyota,cruiser,2008,clean vehicle,274117.0,black,  jtezu11f88k007763,159348797,"
        "new jersey, usa,10 days left\n",
        "--map brand=make",
        [("toyota", "cruiser", 2008, "JTEZU11F88K007763", "black", 274117)],
    ),
    "vehicles.csv": Published(
        CRAIGSLIST
        + "7,,auburn,,33590,2014,gmc,sierra 1500,good,8,gas,57923,clean,other,3GTP1VEC4EG551563,,,"
        "pickup,white,,,,al,32.59,-85.48,\n"
        + "8,,auburn,,22590,2010,chevrolet,silverado,good,8,gas,,clean,other,,,,pickup,,,,,al,,,\n",
        "--map manufacturer=make --map paint_color=color --map odometer=mileage",
        [
            ("gmc", "sierra 1500", 2014, "3GTP1VEC4EG551563", "white", 57923),
            ("chevrolet", "silverado", 2010, None, None, 0),
        ],
    ),
    "CAR DETAILS FROM CAR DEKHO.csv": Published(
        "name,year,selling_price,km_driven,fuel,seller_type,transmission,owner\n"
        "Maruti 800 AC,2007,60000,70000,Petrol,Individual,Manual,First Owner\n"
        "Land Rover Discovery S 2.0 SD4,2016,4500000,50000,Diesel,Dealer,Automatic,First Owner\n",
        "--map name=make+model --map km_driven=mileage",
        [
            ("Maruti", "800 AC", 2007, None, None, 70000),
            ("Land Rover", "Discovery S 2.0 SD4", 2016, None, None, 50000),
        ],
    ),
    "Electric_Vehicle_Population_Data.csv": Published(
        ELECTRIC
        + "5YJ3E1EB4L,Yakima,Yakima,WA,98908,2020,TESLA,MODEL 3,Battery Electric Vehicle (BEV),"
        "Clean Alternative Fuel Vehicle Eligible,322,0,14,127175366,,PACIFICORP,53077000904\n",
        "--map 'model year=year' --ignore 'vin (1-10)'",
        [("TESLA", "MODEL 3", 2020, None, None, 0)],
        proposed="--map 'model year=year' --map 'vin (1-10)=vin'",
    ),
    "mpg.csv": Published(
        '"manufacturer","model","displ","year","cyl","trans","drv","cty","hwy","fl","class"\n'
        '"audi","a4",1.8,1999,4,"auto(l5)","f",18,29,"p","compact"\n',
        "--map manufacturer=make",
        [("audi", "a4", 1999, None, None, 0)],
    ),
    "Car_Prices_Poland_Kaggle.csv": Published(
        ",mark,model,generation_name,year,mileage,vol_engine,fuel,city,province,price\n"
        "0,opel,combo,gen-d-2011,2015,139568,1248,Diesel,,,35900\n",
        "--map mark=make",
        [("opel", "combo", 2015, None, None, 139568)],
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_published_file_is_loaded_with_the_options_that_its_refusal_proposes(name, write):
    published = FILES[name]
    path = write(name, published.content)
    message = failing(path)
    assert f"Say what they are: {published.proposed or published.options}\n" in message
    printed = load(path, *shlex.split(published.options))
    assert f"{name}: {len(published.cars)} loaded, 0 already there\n" in printed
    columns = ("make", "model", "year", "vin", "color", "mileage")
    assert list(Car.objects.order_by("created_at").values_list(*columns)) == published.cars
